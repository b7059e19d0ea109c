"""The rules that plans keep (constraints), one file each."""
