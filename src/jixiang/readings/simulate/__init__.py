"""A draft beside what is in force, over the same facts: who gains, who loses, what it costs, when the money is gone.

`scenario` and `overlay` make the draft's documents · `touched` says which policies that concerns · `sides` decides both ·
`compared` lays them side by side · `forecast` looks to the year's end · `report`, `figures` and `workbook` say it. A simulation
decides like any run and by the same engine; it changes nothing that stands.
"""
