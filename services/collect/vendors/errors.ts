const NAMES: Readonly<Record<number, string>> = {
  400: "invalid_request",
  401: "authentication",
  403: "permission",
  404: "not_found",
  408: "timeout",
  413: "too_large",
  429: "rate_limited",
  503: "unavailable",
  504: "timeout",
  529: "overloaded",
};

/** One word for a failed request, the same for all vendors; `otherwise` when the status says nothing. */
export function errorName(status: number | undefined, otherwise: string): string {
  if (status === undefined) return otherwise;
  return NAMES[status] ?? (status >= 500 ? "server_error" : otherwise);
}

/** A status as the schema takes it. */
export const httpStatus = (status: number | undefined): number | undefined =>
  status !== undefined && Number.isInteger(status) && status >= 0 && status <= 999 ? status : undefined;
