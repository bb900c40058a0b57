"""The vacuum network of the waste plant: one shared object, seen by inlet boards and the station board as plants."""
