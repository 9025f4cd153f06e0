"""Files that ship with the program and hold no logic; read them through importlib.resources."""
