"""How the window looks: colours, icons, the font and the shared style, all in one place."""
