What is to be mended is told in words, with its place, what was expected and what next.

  $ planner init my-city
  Wrote my-city. Next: planner run my-city/scenario.yaml
  $ planner init my-city
  my-city: the folder is not empty: it holds README.md and 6 more
      → name a folder that is not there yet, such as `planner init my-city`
  [2]
  $ planner init far/away/city
  far/away/city: the folder around it is not there
      → make it first, or check how it is written: `away`
  [2]
  $ ls
  my-city
  $ planner run my-city/scenario.yml
  my-city/scenario.yml: there is no such file…
  …
  [2]
  $ sed -i.bak 's/aversion: 1 /aversoin: 1 /' my-city/scenario.yaml
  $ planner check my-city/scenario.yaml
  my-city/scenario.yaml:…: unknown … `aversoin`…
  …
  [2]
  $ mv my-city/scenario.yaml.bak my-city/scenario.yaml
  $ planner run my-city/scenario.yaml --set budget.capital
  `--set budget.capital` has no value
      → write it as key=value
  [2]
  $ planner verify my-city/runs/nothing-there
  my-city/runs/nothing-there: there is no such folder
      → name the folder of a run, such as runs/scenario-1a2b3c4d
  [2]
  $ planner list objectvies
  unknown list `objectvies`; did you mean `objectives`?
      → known: objectives, constraints, indicators, services, standards
  [2]

Rules that no plan keeps are told with advice, and the advice holds.

  $ sed 's/reached: 0.5/reached: 0.99/; s/^objective:.*/objective: utilitarian/; /^  priority:/d; /^    utility:/d; /^    aversion:/d; s/gap: 0.01/gap: 0.05/' my-city/scenario.yaml > my-city/strict.yaml
  $ planner run my-city/strict.yaml 2>&1 | grep -v ' s  '
  no plan keeps every rule; …:
  lower the … floor of water in the city from 0.99 to 0.97
  $ planner run my-city/strict.yaml > /dev/null 2>&1
  [3]
  $ test -e my-city/runs && ls my-city/runs
  [1]
  $ sed -i.bak 's/reached: 0.99/reached: 0.97/' my-city/strict.yaml
  $ planner run my-city/strict.yaml 2> /dev/null
  The plan builds … Proven: … Read my-city/runs/strict-…/report.html

A place where nothing can be written is the machine's, and told as such.

  $ rm -r my-city/runs && touch my-city/runs
  $ planner run my-city/strict.yaml 2>&1 | grep -v ' s  '
  runs/strict-…: a file stands where a folder should be while writing runs
      → move that file away
  $ planner run my-city/strict.yaml > /dev/null 2>&1
  [5]
