# Writes effects.csv: predictive margins of Poisson models with a fixed effect, as R has them with dummies: means of
# predictions with every row at a level, errors by the delta method over all coefficients, the dummies' among them.
#
# Run: apt-get install r-base-core r-cran-sandwich && Rscript effects.R   (beside panel.csv)
suppressMessages(library(sandwich))
d <- read.csv("panel.csv")
d$k <- (seq_len(nrow(d)) - 1) %% 3
d$w <- 1 + d$t %% 4
lines <- c("case,level,value,se")
margins <- function(case, fit, data, weights, covariance) {
  b <- coef(fit)
  rate <- function(b, level) {
    at <- data
    at$k <- level
    x <- model.matrix(delete.response(terms(fit)), at, xlev = fit$xlevels)
    mu <- as.vector(exp(x %*% b))
    list(value = sum(weights * mu) / sum(weights), gradient = colSums(weights * mu * x) / sum(weights))
  }
  for (level in 0:2) {
    r <- rate(b, level)
    lines <<- c(lines, sprintf("%s,%d,%.15g,%.15g", case, level, r$value, sqrt(drop(t(r$gradient) %*% covariance %*% r$gradient))))
  }
}
fits <- function(name, formula, data, weights) {
  data$weights_used <- weights
  fit <- glm(formula, poisson, data, weights = weights_used, control = glm.control(epsilon = 1e-15, maxit = 100))
  n <- nrow(data)
  k <- length(coef(fit))
  G <- length(unique(data$t))
  margins(paste0(name, "_iid"), fit, data, weights, vcov(fit))
  margins(paste0(name, "_hc1"), fit, data, weights, vcovHC(fit, type = "HC0") * n / (n - k))
  clustered <- vcovCL(fit, data$t, type = "HC0", cadjust = FALSE)
  margins(paste0(name, "_none"), fit, data, weights, clustered)
  margins(paste0(name, "_fixest"), fit, data, weights, clustered * (n - 1) / (n - k) * G / (G - 1))
}
# Levels without any count have no finite effect: their rows do not enter.
some <- ave(d$count, d$g, FUN = sum) > 0
used <- d[some, ]
fits("one", count ~ x + factor(k) + factor(g), used, rep(1, nrow(used)))
fits("crossed", count ~ x * factor(k) + factor(g), used, rep(1, nrow(used)))
fits("weighted", count ~ x + factor(k) + factor(g), used, used$w)
both <- d
repeat {
  keep <- ave(both$count, both$g, FUN = sum) > 0 & ave(both$count, both$t, FUN = sum) > 0
  if (all(keep)) break
  both <- both[keep, ]
}
fits("two", count ~ x + factor(k) + factor(g) + factor(t), both, rep(1, nrow(both)))
writeLines(lines, "effects.csv")
