"""From a scenario file to a Scenario: strict, frozen, every fault told at once."""
