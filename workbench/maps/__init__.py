"""Maps, one experiment a pixel: basins, trainability and its boundary's dimension."""
