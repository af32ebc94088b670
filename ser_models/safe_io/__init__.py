"""Files that strangers may have written: read with limits, checked first, and without running code from them.

path → size and structure checked → arrays or objects; `ArtifactError` says in one line what was refused
"""
