A first city: write the invented one, look at it, plan it, and read the answer.

  $ planner init my-city
  Wrote my-city. Next: planner run my-city/scenario.yaml
  $ ls my-city
  README.md
  data
  my-facilities.csv
  planner.toml
  scenario.schema.json
  scenario.yaml
  utilitarian.yaml

What it holds is told before anything is solved. What takes time is told on standard error.

  $ planner check my-city/scenario.yaml
  … s  Reading the city (… s)
  … s  Measuring travel (… s)
  … s  Posing the problem (… s)
  Velmora – four services, those worst off first
  
  City: 36,800 residents, 12 neighbourhoods, 61 cells, 26 sites, measured in EPSG:32631
      people below the poverty line: 11,092 (30 %)
      people in informal settlements: 6,090 (17 %)
      people over 65: 4,925 (13 %)
  Money: 30 million crowns to build, 6 million crowns a year to run
  Principle: priority. A benefit counts more, the worse off the one who gets it.
  Rules: floor, floor, count, locked, forbidden
  …
  Health care (health), in patient
      need: 13,567 (all who need it)
      stands today: room for 3,500 at 3 places
      could be built: room for 37,500 at 15 sites (clinic, health_post)
      farther than 16 min from every place: 0
  …
  Note: 1 neighbourhood…
  …

The plan that serves those worst off first, with its proof.

  $ planner run my-city/scenario.yaml 2> /dev/null
  The plan builds … facilities … of 30 million crowns to build and … of 6 million crowns a year to run. Proven: at least 99… % of what this budget can do under this principle, in this model. … Read my-city/runs/scenario-…/report.html

The same question finds the finished run.

  $ planner run my-city/scenario.yaml 2> /dev/null
  This question was answered before; --force searches again.
  The plan builds … Proven: … Read my-city/runs/scenario-…/report.html
  $ ls my-city/runs | wc -l | tr -d ' '
  1

Anybody can check it without the solver, and have the report written anew.

  $ planner verify my-city/runs/scenario-* 2> /dev/null
  … figures recomputed from tables and inputs: the plan keeps what it says.
  The bound: Recomputed by arithmetic alone, from prices saved with the run: no plan of this model passes an equal outcome of …, so that this one misses at most … % of the possible gain.…
  $ rm my-city/runs/scenario-*/report.html
  $ planner report my-city/runs/scenario-* 2> /dev/null
  Wrote my-city/runs/scenario-…/report.html
  $ grep -c '<html' my-city/runs/scenario-*/report.html
  1

A plan made by hand stands beside it, by the same rules.

  $ planner assess my-city/scenario.yaml --facilities my-city/my-facilities.csv 2> /dev/null
  The plan builds 16 facilities … for 24.3 of 30 million crowns to build and 5.02 of 6 million crowns a year to run. This plan was made by hand; … Read my-city/runs/scenario-my-facilities-…/report.html
