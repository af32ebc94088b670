"""What a machine does to a store: kills, full and failing disks, several writers at once."""
