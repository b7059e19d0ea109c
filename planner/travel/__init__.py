"""From a City to a TravelMatrix: how far each cell is from each place."""
