package dev.sluice.it.storm;

/** What the checker can find. */
enum Finding {
    NOT_COMPLETED("acknowledged and not completed"),
    NOWHERE("acknowledged and nowhere"),
    OBJECT_MISSING("its object is missing"),
    OBJECT_DIFFERS("its object is another"),
    SIZE_DIFFERS("its size is another"),
    WRONG_JOBS("not one job of each kind"),
    JOB_NOT_SUCCEEDED("a job that has not succeeded"),
    JOB_NEVER_RAN("a job that never ran"),
    NO_EVENT("no completion event"),
    NO_CALLBACK("no completion callback"),
    UNKNOWN_OBJECT("an object that nobody was told of"),
    UNSENT_OBJECT("an object that nobody sent"),
    UNASKED_ROW("a row that nobody asked for"),
    UNFOUNDED_COMPLETION("a completion of what is not completed"),
    UNFOUNDED_JOB("a job of what is not completed"),
    MORE_ROWS("more rows than asked for"),
    MORE_ROWS_OF_OBJECT("more than one row of an object"),
    MORE_EVENTS("more than one completion event"),
    MORE_CALLBACKS("more than one completion callback"),
    MORE_EFFECTS("more than one effect of a job"),
    MORE_EXECUTIONS("more executions than attempts"),
    FAILED_OBJECT("an object of an upload that failed"),
    WRONGLY_ACCEPTED("accepted what cannot be"),
    WRONGLY_COMPLETED("refused and completed"),
    NO_FINAL_ANSWER("its key gives no final answer"),
    OTHER_ANSWER("its key gives another answer"),
    OUTCOME_NOWHERE("promised an outcome that is nowhere"),
    STILL_OPEN("still open"),
    NO_SUCH_ANSWER("an answer that there is not"),
    NO_CODE("a refusal without a code"),
    WRONGLY_REFUSED("refused for good what can be"),
    OPEN_MULTIPART("an open multipart upload"),
    WRONG_SUM("a sum that is none"),
    FOREIGN_ROW("a foreign row"),
    FOREIGN_EVENT("a foreign event"),
    FOREIGN_JOB("a foreign job"),
    FOREIGN_UPLOAD("a foreign upload that is there"),
    NOT_BACK("not back");

    private final String text;

    Finding(String text) {
        this.text = text;
    }

    @Override
    public String toString() {
        return text;
    }
}
