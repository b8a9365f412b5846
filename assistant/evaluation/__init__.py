"""Question sets made into measurements, a report and gates."""
