"""Due work: what has to happen at its time, whoever is there to see it (GEN-9)."""
