-- A run's cap becomes a budget of its own; what it has paid is counted when it next goes on.
DO $$
DECLARE
  capped record;
  made integer;
BEGIN
  FOR capped IN SELECT session_id, max_cost FROM runs WHERE max_cost IS NOT NULL LOOP
    INSERT INTO budgets (max_cost) VALUES (capped.max_cost) RETURNING id INTO made;
    UPDATE runs SET budget_id = made WHERE session_id = capped.session_id;
  END LOOP;
END $$;
--> statement-breakpoint
ALTER TABLE "runs" DROP COLUMN "max_cost";
