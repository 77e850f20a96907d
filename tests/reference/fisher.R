# Writes fisher.csv: exact p values of tables of any size, for tests/it/stats/fisher.rs.
#
# Run: Rscript fisher.R (R 4.2.2). The tables are R's own examples and drawn ones, with ties, empty cells and margins of very
# unlike sizes. fisher.test gives p by FEXACT (Mehta & Patel 1986), which keeps paths apart to 1e-7 or so.
tables <- list(
  mp6 = rbind(c(1, 2, 2, 1, 1, 0, 1), c(2, 0, 0, 2, 3, 0, 0), c(0, 1, 1, 1, 2, 7, 3), c(1, 1, 2, 0, 0, 0, 1), c(0, 1, 1, 1, 1, 0, 0)),
  job = matrix(c(1, 2, 1, 0, 3, 3, 6, 1, 10, 10, 14, 9, 6, 7, 12, 11), 4, 4),
  hair = margin.table(HairEyeColor, c(1, 3))[, 2:1],
  two_by_three = rbind(c(3, 9, 1), c(8, 2, 7)),
  balanced = matrix(3, 3, 3),
  tall = t(rbind(c(5, 0, 2, 1, 0, 3, 1, 2), c(0, 4, 1, 1, 3, 0, 2, 1))),
  tiny = rbind(c(1, 0, 0), c(0, 1, 0), c(0, 0, 1)),
  strong = rbind(c(20, 1, 0), c(1, 25, 2), c(0, 2, 18)),
  unlike = rbind(c(1, 0, 60), c(0, 2, 300), c(3, 1, 40)))
set.seed(7)
for (k in 1:20) {
  size <- sample(2:5, 1); width <- sample(3:6, 1)
  p <- outer(rgamma(size, 1), rgamma(width, 1))
  tables[[paste0("drawn", k)]] <- matrix(rmultinom(1, sample(12:60, 1), p), size, width)
}
out <- file("fisher.csv", "w")
writeLines("case,table,p", out)
for (name in names(tables)) {
  table <- tables[[name]]
  kept <- table[rowSums(table) > 0, colSums(table) > 0, drop = FALSE]
  if (min(dim(kept)) < 2) next
  p <- fisher.test(kept, workspace = 2e8)$p.value
  cells <- paste(apply(table, 1, paste, collapse = " "), collapse = "/")
  writeLines(paste(name, cells, format(p, digits = 15), sep = ","), out)
}
close(out)
