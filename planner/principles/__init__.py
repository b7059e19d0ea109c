"""The principles of justice (objectives), one file each."""
