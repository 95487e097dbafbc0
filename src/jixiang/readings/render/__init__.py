"""成文: each document of a city as a page that people read, with what the machine does said in plain words beside it."""
