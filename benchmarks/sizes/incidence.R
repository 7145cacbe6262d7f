# Weekly counts in memory with R's incidence: prints seconds and version as JSON, writes the table.
#
#     Rscript incidence.R FOLDER OUT

suppressPackageStartupMessages(library(incidence))

from <- commandArgs(TRUE)[1]
out <- commandArgs(TRUE)[2]

numbers <- function(name) {
  file <- file.path(from, "codes", name)
  readBin(file, integer(), file.size(file) / 4, endian = "little")
}
named <- function(name) {
  levels <- readLines(file.path(from, "codes", paste0(name, ".txt")), encoding = "UTF-8")
  structure(numbers(name), levels = levels, class = "factor")
}
events <- list(
  region = named("region"),
  category = named("category"),
  date = as.Date(numbers("date"), origin = "1970-01-01")
)

count <- function(events) {
  groups <- interaction(events$region, addNA(events$category), sep = "|")
  found <- incidence(events$date, interval = "1 week", groups = groups)
  weeks <- get_dates(found)
  counts <- matrix(0L, length(weeks), nlevels(groups), dimnames = list(NULL, levels(groups)))
  counts[, group_names(found)] <- get_counts(found)
  data.frame(expand.grid(period = weeks, groups = levels(groups)), count = as.vector(counts))
}

invisible(count(lapply(events, head, 1000)))
seconds <- c()
while (length(seconds) < 5 && sum(seconds) < 1) {
  invisible(gc())
  seconds <- c(seconds, system.time(table <- count(events))[["elapsed"]])
}

group <- do.call(rbind, strsplit(as.character(table$groups), "|", fixed = TRUE))
group[group[, 2] == "NA", 2] <- ""
table <- data.frame(
  period = table$period, region = group[, 1], category = group[, 2], count = table$count
)
write.csv(table, out, row.names = FALSE, quote = FALSE)
cat(sprintf(
  '{"seconds": %f, "version": "incidence %s, R %s"}\n',
  median(seconds), packageVersion("incidence"), getRversion()
))
