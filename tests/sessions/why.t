Why is a site in the plan, or not? Asked of one that is promised, and of one that is a graveyard.

  $ planner init my-city
  Wrote my-city. Next: planner run my-city/scenario.yaml
  $ planner run my-city/utilitarian.yaml 2> /dev/null
  The plan builds … Read my-city/runs/utilitarian-…/report.html
  $ planner why my-city/runs/utilitarian-* health/site-08/health_post --seconds 30 2> /dev/null
  Velmora – … (utilitarian-…)
  
  Measured by `utilitarian` as equal outcome: what, had by everybody alike, is worth as much; 1 where every need is met, now 0.…
  
  In the plan (1)
      … (Health care, health_post): It serves 800 patients, from …. No plan without it keeps every rule.
  $ planner why my-city/runs/utilitarian-* health/site-09/clinic --seconds 30 2> /dev/null | tail -2
  Not in the plan (1)
      … (Health care, clinic): No plan with it keeps every rule. What stands against it: …

A name that is not there is met with what is.

  $ planner why my-city/runs/utilitarian-* site-99 2>&1 | grep -v ' s  '
  unknown site `site-99`; did you mean `site-…`?
      → known: …
