# Writes quantiles.csv and quantiles_data.csv: quantiles and deviations of clustered rows, for tests/it/stats/quantiles.rs.
#
# Run: Rscript quantiles.R (R 4.2.2, survey 4.1.1). The design is clusters drawn with replacement. Woodruff's interval is made of
# R's own parts: the error of the share of values up to the quantile by `svymean`, and `quantile` at p - t se and p + t se. Where
# that share is p itself (no ties at the quantile) it is what `svyquantile(interval.type = "mean")` gives, and the script
# stops if not; elsewhere survey centres the interval on the share, Woodruff 1952 on p. The standard error is
# survey's, half the width over t. `svyvar` is the linearised variance, whose root has the error se(s2)/(2 s).
library(survey)
set.seed(11)
n <- 240
g <- sample(1:21, n, replace = TRUE)
d <- data.frame(g = g, x = round(rgamma(n, 2, 0.3) + rnorm(21)[g], 3), likert = sample(1:7, n, replace = TRUE), w = sample(1:3, n, replace = TRUE))
write.csv(d, "quantiles_data.csv", row.names = FALSE, quote = FALSE)
rows <- list(plain = d, weighted = d[rep(seq_len(n), d$w), ])
df <- length(unique(d$g)) - 1
t <- qt(0.975, df)
checked <- 0
out <- file("quantiles.csv", "w")
line <- function(...) writeLines(paste(..., sep = ","), out)
shown <- function(x) format(x, digits = 15)
line("rows", "column", "statistic", "type", "value", "se", "low", "high")
for (case in names(rows)) {
  data <- rows[[case]]
  for (column in c("x", "likert")) for (p in c(0.25, 0.5, 0.9)) for (type in 1:9) {
    values <- data[[column]]
    q <- quantile(values, p, type = type, names = FALSE)
    data$up_to <- as.numeric(values <= q)
    design <- svydesign(ids = ~g, weights = ~1, data = data)
    half <- t * SE(svymean(~up_to, design))[[1]]
    ends <- quantile(values, c(p - half, p + half), type = type, names = FALSE)
    se <- diff(ends) / (2 * t)
    if (abs(mean(data$up_to) - p) < 1e-12 && type != 3) {
      rule <- paste0("hf", type)
      found <- svyquantile(as.formula(paste0("~", column)), design, p, interval.type = "mean", qrule = rule, df = df)[[1]]
      stopifnot(all.equal(unname(found[1, 1:4]), c(q, ends, se), tolerance = 1e-12))
      checked <- checked + 1
    }
    line(case, column, p, type, shown(q), shown(se), shown(ends[1]), shown(ends[2]))
  }
  v <- svyvar(~x, svydesign(ids = ~g, weights = ~1, data = data))
  s <- sqrt(coef(v)[[1]])
  se <- SE(v)[[1]] / (2 * s)
  line(case, "x", "sd", 0, shown(s), shown(se), shown(s - t * se), shown(s + t * se))
}
close(out)
stopifnot(checked >= 16)
cat(checked, "quantiles are svyquantile's too\n")
