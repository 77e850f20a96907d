# Writes compare_r.csv: R's own answers for tests/it/stats/compare_exact.rs. Run with R 4.2: Rscript compare.R
line <- function(test, case, side, statistic, p)
  cat(sprintf("%s,%s,%s,%.17g,%.17g\n", test, case, side, statistic, p))
x <- c(4.17, 5.58, 5.18, 6.11, 4.50, 4.61, 5.17, 4.53, 5.33, 5.14)
y <- c(4.81, 4.17, 4.41, 3.59, 5.87, 3.83, 6.03, 4.89, 4.32, 4.69)
sink("compare_r.csv")
cat("test,case,side,statistic,p\n")
for (side in c("two.sided", "greater", "less")) {
  # The first share, its total, the second, its total; the statistic is R's chi-square.
  for (k in list(c(56, 70, 48, 80), c(48, 80, 56, 70), c(9, 20, 12, 25), c(6, 20, 7, 20), c(10, 20, 10, 20))) {
    found <- suppressWarnings(prop.test(k[c(1, 3)], k[c(2, 4)], alternative = side, correct = TRUE))
    line("proportions", paste(k, collapse = " "), side, found$statistic, found$p.value)
  }
  # R enumerates up to nine pairs.
  for (n in c(4, 5, 7, 9)) {
    for (method in c("spearman", "kendall")) {
      found <- cor.test(x[1:n], y[1:n], method = method, alternative = side)
      line(method, n, side, found$statistic, found$p.value)
    }
  }
}
sink()
# "data are essentially constant" of all four; the last is not refused by R, whose rule takes the mean of the differences.
for (test in list(function() t.test(c(.3, .4, .2, .6) - c(.2, .3, .1, .5)),
                  function() t.test(c(.3, .4, .2, .6), c(.2, .3, .1, .5), paired = TRUE),
                  function() t.test(c(.3, .1 + .2, .3), c(.6, .2 + .4, .6)),
                  function() t.test(c(.3, .1 + .2, .3), c(.6, .2 + .4, .6), var.equal = TRUE),
                  function() t.test(c(10.3, 20.4, 30.2), c(10.2, 20.3, 30.1), paired = TRUE)))
  print(tryCatch(test()$statistic, error = conditionMessage))
# A table without an upper end.
print(fisher.test(matrix(c(10, 0, 0, 10), 2))$conf.int)
