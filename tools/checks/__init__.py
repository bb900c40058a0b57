"""What ``make check`` runs: each check is a name and a function that returns what is wrong, one line a finding."""
