"""From layers to a City: neighbourhoods, cells with people, needs, sites and facilities."""
