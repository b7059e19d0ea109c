"""What a plan does to whom: measures of each place, summaries of people, before and after."""
