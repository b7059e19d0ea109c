"""Standards of service that others have set, each with its source; a scenario may name one."""
