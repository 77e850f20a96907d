# What R's ReplicationSuccess 1.3.3 makes of the Psychology (RPP) and Social Sciences (SSRP) rows of its own table
# RProjects: both are CC0, so their estimates stand beside the values. Writes replication_projects.csv.
#
#     Rscript tests/reference/replication_projects.R PATH/RProjects.csv
#
# Where the package cannot be installed, name a file with the bodies of its functions pSceptical, zSceptical, FZ, z2p,
# predictionInterval and Qtest as a second argument: that is how the committed values were made, by R 4.2.2, from its
# repository (R/pSceptical.R of 016be53, R/predictionInterval.R of 05f8c3e, R/Qtest.R of 408578b). The package's "controlled" form integrates at R's default tolerance
# (1.2e-4) and then subtracts from one, so that small values have few digits.

files <- commandArgs(trailingOnly = TRUE)
if (length(files) > 1) for (file in files[-1]) source(file) else library(ReplicationSuccess)

table <- read.csv(files[1])
table$row <- seq_len(nrow(table))
table <- table[table$project %in% c("Psychology", "Social Sciences"), ]
zo <- table$fiso / table$se_fiso
zr <- table$fisr / table$se_fisr
ratio <- table$se_fiso^2 / table$se_fisr^2
# Replications that have the original's precision up to rounding are compared with the formula for c = 1.
ratio[abs(ratio - 1) < 1e-9] <- 1
p <- function(type) pSceptical(zo, zr, ratio, alternative = "one.sided", type = type)
interval <- predictionInterval(table$fiso, table$se_fiso, table$se_fisr)
exact <- function(x) sprintf("%.17g", x)
out <- data.frame(
  row = table$row, original = exact(table$fiso), original_se = exact(table$se_fiso),
  new = exact(table$fisr), new_se = exact(table$se_fisr),
  low = exact(interval$lower), high = exact(interval$upper),
  q_p = exact(Qtest(table$fiso, table$fisr, table$se_fiso, table$se_fisr)),
  z_s = exact(mapply(zSceptical, zo, zr, ratio)),
  nominal = exact(p("nominal")), golden = exact(p("golden")), controlled = exact(p("controlled"))
)
write.csv(out, "tests/reference/replication_projects.csv", row.names = FALSE, quote = FALSE)
