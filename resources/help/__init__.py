"""Help topics of the window in Markdown: the first heading is the title, the file the topic."""
