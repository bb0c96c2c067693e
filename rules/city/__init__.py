"""Items of the city as a whole: components on the map, feeds of the bureaus, the citizens' hotline."""
