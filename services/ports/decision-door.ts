/** Takes one request, as its bytes came, of the agent whose credential it came with. MUST NOT reject. */
export type AnswerRequest = (agentId: string, payload: Uint8Array) => Promise<Uint8Array>;

/**
 * The bus' side of decisions: requests on `andon.decide.<agent>`. The agent is taken from the subject, which the server lets
 * only its own credential use, and an answer MUST go to that agent's inbox and nowhere else: the reply subject is the
 * agent's choice. Several processes MAY answer; each request goes to one of them.
 */
export interface DecisionDoor {
  /** Until what it returns is disposed of, which waits for the answers under way. */
  open(answer: AnswerRequest): AsyncDisposable;
}
