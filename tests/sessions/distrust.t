A run that somebody has changed does not pass. This city has no `planner.toml`, so its folder is the scenario's.

  $ planner init my-city && rm my-city/planner.toml
  Wrote my-city. Next: planner run my-city/scenario.yaml
  $ planner run my-city/utilitarian.yaml 2> /dev/null
  The plan builds … Read my-city/runs/utilitarian-…/report.html
  $ planner verify my-city/runs/utilitarian-* 2> /dev/null
  … figures recomputed from tables and inputs: the plan keeps what it says.
  The bound: Recomputed by arithmetic alone, …

Half of those served at one place are struck out.

  $ python3 - my-city/runs/utilitarian-*/plan/assignment.parquet << 'END'
  > import sys, pandas
  > table = pandas.read_parquet(sys.argv[1])
  > table.loc[0, "served"] /= 2
  > table.to_parquet(sys.argv[1], index=False)
  > END
  $ planner verify my-city/runs/utilitarian-* 2>&1 | grep -v ' s  '
  …served…
  …
  $ planner verify my-city/runs/utilitarian-* > /dev/null 2>&1
  [6]

Neither does one whose inputs have changed since.

  $ sed -i.bak '2s/,0,/,1,/' my-city/data/cells.csv
  $ planner verify my-city/runs/utilitarian-* 2>&1 | grep -v ' s  '
  data/cells.csv: has changed since the run was made
      → restore the files, or run the scenario again
