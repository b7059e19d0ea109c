Las Palmas de Gran Canaria, from an extract that nobody prepared: a draft, its blanks filled, checked and planned.
`$CITIES` holds the extract (OpenStreetMap, ODbL) and the urban centre with its people (GHS-UCDB, JRC, CC BY 4.0).

  $ cp "$CITIES"/las_palmas/las_palmas_osm_20230221.pbf extract.osm.pbf
  $ cp "$CITIES"/las_palmas/ghs_ucdb.gpkg urban_centre.gpkg

The urban centre had 443,141 people in 2015.

  $ python3 -c 'import geopandas; print(round(geopandas.read_file("urban_centre.gpkg")["P15"].sum()))'
  443141
  $ planner init las-palmas --osm extract.osm.pbf --boundary urban_centre.gpkg --people 443141
  Neighbourhoods are 72 hexagons, 1000 m wide, where homes are mapped: no administrative level divides 95% of the homes into 4 to 300 areas.
  0 of 19529 homes lie outside every neighbourhood.
  19529 homes are taken together in 1186 cells.
  500 candidate sites; 980 more, with less land in their neighbourhood, are left out.
  health: 140 places; 1 were mapped twice and are counted once.
  education: 186 places; 105 were mapped twice and are counted once.
  water: 2 places; 0 were mapped twice and are counted once.
  sanitation: 43 places; 0 were mapped twice and are counted once.
  housing: 13 places; 0 were mapped twice and are counted once.
  public_space: 2852 places; 834 were mapped twice and are counted once.
  energy: 23 places; 0 were mapped twice and are counted once.
  Wrote las-palmas. Next: fill las-palmas/BLANKS.md, then planner check las-palmas/scenario.yaml

What no map tells is listed.

  $ grep '^| ' las-palmas/BLANKS.md | cut -d '|' -f 2
   blank 
   residents 
   groups 
   needs 
   capacities 
   sizes and costs 
   money 
   sites 
   further services 

The blanks are filled, here with assumptions: beds and doctors by kind of house, 13 pupils per 100 people, a city's money.

  $ python3 - << 'END'
  > import json
  > from pathlib import Path
  > def filled(layer, capacity):
  >     path = Path(f"las-palmas/data/{layer}.geojson")
  >     told = json.loads(path.read_text("utf-8"))
  >     for place in told["features"]:
  >         place["properties"]["capacity"] = capacity(place["properties"]["name"])
  >     path.write_text(json.dumps(told, ensure_ascii=False), "utf-8")
  > filled("health", lambda name: 15000 if "Centro de Salud" in name else 5000 if "Hospital" in name else 1000)
  > filled("education", lambda name: 300)
  > path = Path("las-palmas/scenario.yaml")
  > text = path.read_text("utf-8").replace("rate: 0.15}", "rate: 0.13}")
  > text = text.replace("{capital: 221.571, operating: 26.5885, currency: million}", "{capital: 180, operating: 40, currency: EUR million}")
  > path.write_text(text, "utf-8")
  > END
  $ grep '^budget' las-palmas/scenario.yaml
  budget: {capital: 180, operating: 40, currency: EUR million}…

It is read, and told before anything is solved.

  $ planner check las-palmas/scenario.yaml 2> /dev/null
  First draft from OpenStreetMap
  
  City: 443,141 residents, 72 neighbourhoods, 1,186 cells, 500 sites, measured in EPSG:32628
  Money: 180 EUR million to build, 40 EUR million a year to run
  Principle: priority. A benefit counts more, the worse off the one who gets it.
  …
  homes (housing), in home
      need: 4,431 (what is missing today)
  …
  primary care (health), in person
      need: 443,141 (all who need it)
  …
  schools (education), in pupil
      need: 57,608 (all who need it)
  …
  public drinking water (water), in person
      need: 110,785 (all who need it)
  …
  Forecast: about … GB of memory; …
  …

All four services are planned together. By this principle and these costs the money goes to three of them; the plan is
proven to what the scenario asks for: at most two per cent could still be gained.

  $ planner run las-palmas/scenario.yaml 2> /dev/null
  The plan builds … for homes, … for primary care and … for public drinking water … for … of 180 EUR million to build and … of 40 EUR million a year to run. Proven: at least 9… % of what this budget can do under this principle, in this model. … Read las-palmas/runs/scenario-…/report.html
  $ planner verify las-palmas/runs/scenario-* 2> /dev/null
  … figures recomputed from tables and inputs: the plan keeps what it says.
  The bound: Recomputed by arithmetic alone, …
