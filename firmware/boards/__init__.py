"""Pin maps: which terminal of a board is which point of the sheet. One readable file for each board."""
