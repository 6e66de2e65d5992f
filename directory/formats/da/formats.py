"""Danish as it is written in Denmark: 17.00, not 17:00."""

TIME_FORMAT = "H.i"
SHORT_DATE_FORMAT = "j.n.Y"
