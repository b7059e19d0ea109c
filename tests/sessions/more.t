What would the next money bring? The question is solved again with more of it, from the plan in hand.

  $ planner init my-city
  Wrote my-city. Next: planner run my-city/scenario.yaml
  $ planner run my-city/utilitarian.yaml 2> /dev/null
  The plan builds … Read my-city/runs/utilitarian-…/report.html

The answer is an interval: what is proven of both plans. Where it contains 0, it says that it cannot be told.

  $ planner more my-city/runs/utilitarian-* --of capital --by 10% 2> /dev/null
  Velmora – … (utilitarian-…)
  
  The plan uses … of 30 million crowns to build and … of 6 million crowns a year to run.
  Measured by `utilitarian` as equal outcome: what, had by everybody alike, is worth as much; 1 where every need is met, now 0.…
  
  With 33 million crowns to build instead of 30:
      it …
  …

Money that has no limit cannot be raised, and amounts are shares or money.

  $ planner more my-city/runs/utilitarian-* --by lots 2>&1 | grep -v ' s  '
  --by: should be more than 0, such as `5%` or `12.5` (got `lots`)
      → at most 1000%
