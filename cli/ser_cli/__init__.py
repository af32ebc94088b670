"""The command line of ser."""
