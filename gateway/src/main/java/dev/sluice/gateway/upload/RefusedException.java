package dev.sluice.gateway.upload;

/** A request that is refused by its head alone; its body is untouched. */
public final class RefusedException extends Exception {
    private static final long serialVersionUID = 1;

    private final Problem problem;

    public RefusedException(Problem problem, String detail) {
        super(detail);
        this.problem = problem;
    }

    static RefusedException badRequest(String detail) {
        return new RefusedException(Problem.BAD_REQUEST, detail);
    }

    public Problem problem() {
        return problem;
    }

    public String detail() {
        return String.valueOf(getMessage());
    }
}
