# Writes presets.csv: standard errors of sandwich, plm, AER and survival for the small-sample presets.
#
# Run: apt-get install r-base-core r-cran-sandwich r-cran-plm r-cran-lmtest r-cran-aer r-cran-survival
#      Rscript presets.R [FOLDER]   FOLDER has petersen.csv and grunfeld.csv; without it only panel.csv is used.
suppressMessages({library(sandwich); library(plm); library(AER); library(survival)})
folder <- commandArgs(TRUE)
lines <- c()
keep <- function(case, fit, covariance = vcov(fit), names = NULL) {
  b <- coef(fit)
  if (!is.null(names)) b <- b[names]
  se <- sqrt(pmax(diag(covariance), 0))[names(b)]
  lines <<- c(lines, sprintf("%s,%s,%.15g,%.15g", case, names(b), b, se))
}

# One- and two-way clusters: `none` is HC0 without any factor; `conventional` is HC1 with G/(G-1) for each matrix.
clusters <- function(name, fit, one, two, names = NULL) {
  keep(paste0(name, "/one-none"), fit, vcovCL(fit, one, type = "HC0", cadjust = FALSE), names)
  keep(paste0(name, "/one-conventional"), fit, vcovCL(fit, one, type = "HC1", cadjust = TRUE), names)
  keep(paste0(name, "/two-none"), fit, vcovCL(fit, two, type = "HC0", cadjust = FALSE, multi0 = FALSE), names)
  keep(paste0(name, "/two-conventional"), fit, vcovCL(fit, two, type = "HC1", cadjust = TRUE, multi0 = FALSE), names)
  keep(paste0(name, "/two-none-fixed"), fit,
       vcovCL(fit, two, type = "HC0", cadjust = FALSE, multi0 = FALSE, fix = TRUE), names)
  keep(paste0(name, "/two-conventional-fixed"), fit,
       vcovCL(fit, two, type = "HC1", cadjust = TRUE, multi0 = FALSE, fix = TRUE), names)
}
robust <- function(name, fit, names = NULL) {
  keep(paste0(name, "/iid"), fit, names = names)
  for (kind in c("HC0", "HC1", "HC2", "HC3"))
    keep(paste0(name, "/", tolower(kind)), fit, vcovHC(fit, type = kind), names)
}

p <- read.csv("panel.csv")
strict <- glm.control(epsilon = 1e-15, maxit = 100)
slopes <- c("x", "z")
# A likelihood fitted again from its own coefficients: glm keeps the weights of the iteration before the last.
again <- function(fit) update(fit, start = coef(fit))
m <- lm(y ~ x + z, p)
robust("panel-ols", m); clusters("panel-ols", m, p$g, p[c("g", "t")])
m <- lm(y ~ x + z, p, weights = count + 1)
robust("panel-weighted", m); clusters("panel-weighted", m, p$g, p[c("g", "t")])
m <- lm(y ~ x + z + factor(g), p)
robust("panel-effects", m, slopes); clusters("panel-effects", m, p$g, p[c("g", "t")], slopes)
m <- lm(y ~ x + z + factor(g) + factor(t), p)
robust("panel-two-effects", m, slopes); clusters("panel-two-effects", m, p$t, p[c("g", "t")], slopes)
for (family in c("logit", "probit", "poisson")) {
  m <- switch(family,
    logit = glm(binary ~ x + z, binomial, p, control = strict),
    probit = glm(binary ~ x + z, binomial("probit"), p, control = strict),
    poisson = glm(count ~ x + z, poisson, p, control = strict))
  m <- again(m)
  robust(paste0("panel-", family), m); clusters(paste0("panel-", family), m, p$g, p[c("g", "t")])
}
m <- again(glm(count ~ x + z + factor(g), poisson, p, control = strict))
clusters("panel-poisson-effects", m, p$t, p[c("g", "t")], slopes)
m <- clogit(binary ~ x + z + strata(g), p, method = "exact", control = coxph.control(eps = 1e-14, toler.chol = 1e-16, iter.max = 50))
keep("panel-conditional-logit/iid", m)
inside <- p[ave(p$binary, p$g) %in% c(0, 1) == FALSE, ]
m <- again(glm(binary ~ x + z + factor(g), binomial, inside, control = strict))
robust("panel-dummy-logit", m, slopes); clusters("panel-dummy-logit", m, inside$t, inside[c("g", "t")], slopes)
iv <- function(name, m, one, two) {
  for (kind in c("HC0", "HC1")) keep(paste0(name, "/", tolower(kind)), m, vcovHC(m, type = kind))
  keep(paste0(name, "/iid"), m); clusters(name, m, one, two)
}
p$v <- round(p$u * p$u - 0.4 * p$x, 6) + (seq_len(nrow(p)) * 7) %% 13
iv("panel-iv", ivreg(y ~ x + z | x + u, data = p), p$g, p[c("g", "t")])
iv("panel-iv-over", ivreg(y ~ x + z | x + u + v, data = p), p$g, p[c("g", "t")])
iv("panel-iv-weighted", ivreg(y ~ x + z | x + u + v, data = p, weights = count + 1), p$g, p[c("g", "t")])
iv("panel-iv-two", ivreg(y ~ x + z | u + v, data = p), p$g, p[c("g", "t")])

# Few rows, so that the two-way covariance is not positive semidefinite: `fixed` has its negative eigenvalues at zero.
q <- p[191:215, ]
m <- lm(y ~ x + z + u + count, q)
clusters("small-ols", m, q$g, q[c("g", "t")])
if (length(folder)) {
  d <- read.csv(file.path(folder, "petersen.csv"))
  m <- lm(y ~ x, d)
  robust("petersen", m); clusters("petersen", m, d$firm, d[c("firm", "year")])
  m <- lm(y ~ x + factor(firm), d)
  robust("petersen-firm", m, "x"); clusters("petersen-firm", m, d$firm, d[c("firm", "year")], "x")
  m <- plm(y ~ x, d, model = "pooling", index = c("firm", "year"))
  keep("petersen-plm/arellano-none", m, vcovHC(m, method = "arellano", type = "HC0", cluster = "group"))
  keep("petersen-plm/double-none", m, vcovDC(m, type = "HC0"))
  d <- read.csv(file.path(folder, "grunfeld.csv"))
  m <- lm(inv ~ capital, d)
  robust("grunfeld", m); clusters("grunfeld", m, d$firm, d[c("firm", "year")])
  m <- lm(inv ~ capital + factor(firm) + factor(year), d)
  robust("grunfeld-two-effects", m, "capital"); clusters("grunfeld-two-effects", m, d$firm, d[c("firm", "year")], "capital")
  m <- plm(inv ~ capital, d, model = "within", effect = "twoways", index = c("firm", "year"))
  keep("grunfeld-plm/iid", m)
  keep("grunfeld-plm/arellano-none", m, vcovHC(m, method = "arellano", type = "HC0", cluster = "group"))
  m <- plm(inv ~ value + capital, d, model = "random", random.method = "swar", index = c("firm", "year"))
  keep("grunfeld-random/iid", m)
  keep("grunfeld-random/arellano-none", m, vcovHC(m, method = "arellano", type = "HC0", cluster = "group"))
}
packages <- c("sandwich", "plm", "AER", "survival")
versions <- paste(packages, sapply(packages, function(x) as.character(packageVersion(x))), collapse = ", ")
writeLines(c(sprintf("# %s; %s", R.version.string, versions), "case,term,b,se", lines), "presets.csv")
