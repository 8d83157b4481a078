"""The problems of those who watch the process."""

from __future__ import annotations

from mobile_api.problem import Problem


class MetricsTokenNeeded(Problem):
    code = "metrics_token_needed"
    status = 401
    en = "The numbers are for whoever sends DOORSTEP_METRICS_TOKEN as a bearer token; without that setting for nobody."
    zh = "运行指标仅对以“DOORSTEP_METRICS_TOKEN”为令牌的请求开放；未设置该变量时不对任何人开放。"
