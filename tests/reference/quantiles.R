# Writes quantiles.csv and quantiles_data.csv: quantiles and deviations of clustered rows, for tests/it/stats/quantiles.rs.
#
# Run: Rscript quantiles.R (R 4.2.2, survey 4.1.1). The design is clusters drawn with replacement; `svyquantile` with
# interval.type = "mean" is Woodruff's interval and half its width over t, `svyvar` the linearised variance, whose root
# has the error se(s2)/(2 s).
library(survey)
set.seed(11)
n <- 240
g <- sample(1:21, n, replace = TRUE)
d <- data.frame(g = g, x = round(rgamma(n, 2, 0.3) + rnorm(21)[g], 3), likert = sample(1:7, n, replace = TRUE), w = sample(1:3, n, replace = TRUE))
write.csv(d, "quantiles_data.csv", row.names = FALSE, quote = FALSE)
rows <- list(plain = d, weighted = d[rep(seq_len(n), d$w), ])
out <- file("quantiles.csv", "w")
writeLines("rows,column,statistic,type,value,se,low,high", out)
for (case in names(rows)) {
  design <- svydesign(ids = ~g, weights = ~1, data = rows[[case]])
  df <- length(unique(d$g)) - 1
  for (column in c("x", "likert")) for (p in c(0.25, 0.5, 0.9)) for (type in c(1, 2, 4:9)) {
    rule <- c("hf1", "hf2", "hf3", "hf4", "hf5", "hf6", "hf7", "hf8", "hf9")[type]
    found <- svyquantile(as.formula(paste0("~", column)), design, p, interval.type = "mean", qrule = rule, df = df)[[1]]
    writeLines(paste(case, column, p, type, format(found[1, "quantile"], digits = 15), format(found[1, "se"], digits = 15),
      format(found[1, "ci.2.5"], digits = 15), format(found[1, "ci.97.5"], digits = 15), sep = ","), out)
  }
  v <- svyvar(~x, design)
  s <- sqrt(coef(v)[[1]])
  se <- SE(v)[[1]] / (2 * s)
  t <- qt(0.975, df)
  writeLines(paste(case, "x", "sd", 0, format(s, digits = 15), format(se, digits = 15), format(s - t * se, digits = 15),
    format(s + t * se, digits = 15), sep = ","), out)
}
close(out)
