"""The commands, a few lines each: read the settings, call one room, say what happened."""
