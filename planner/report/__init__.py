"""What people read: tables, maps, sentences, and the report page."""
