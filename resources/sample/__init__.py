"""Sample price lists of an invented vendor, to try an import on."""
