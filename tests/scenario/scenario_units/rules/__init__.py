"""Units for the tests of the scenario room."""
