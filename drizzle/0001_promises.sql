-- What the code promises and a constraint cannot say.

-- A study that an observer has started does not change: a change is a new version.
CREATE FUNCTION limen_study_is_locked() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.locked_at IS NOT NULL AND (
    NEW.locked_at IS DISTINCT FROM OLD.locked_at OR
    NEW.name IS DISTINCT FROM OLD.name OR
    NEW.version IS DISTINCT FROM OLD.version OR
    NEW.dataset_id IS DISTINCT FROM OLD.dataset_id OR
    NEW.subset_id IS DISTINCT FROM OLD.subset_id OR
    NEW.protocol IS DISTINCT FROM OLD.protocol OR
    NEW.scenario IS DISTINCT FROM OLD.scenario OR
    NEW.seed IS DISTINCT FROM OLD.seed OR
    NEW.design IS DISTINCT FROM OLD.design OR
    NEW.plan_report IS DISTINCT FROM OLD.plan_report OR
    NEW.design_hash IS DISTINCT FROM OLD.design_hash
  ) THEN
    RAISE EXCEPTION 'study % is locked: observers have started it', OLD.id USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER studies_locked BEFORE UPDATE ON studies FOR EACH ROW EXECUTE FUNCTION limen_study_is_locked();
--> statement-breakpoint
CREATE FUNCTION limen_trials_are_locked() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  touched integer;
BEGIN
  IF TG_OP = 'DELETE' THEN touched := OLD.study_id; ELSE touched := NEW.study_id; END IF;
  IF EXISTS (SELECT 1 FROM studies WHERE id = touched AND locked_at IS NOT NULL) THEN
    RAISE EXCEPTION 'study % is locked: its trials cannot change', touched USING ERRCODE = 'restrict_violation';
  END IF;
  IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER trials_locked BEFORE INSERT OR UPDATE OR DELETE ON trials FOR EACH ROW EXECUTE FUNCTION limen_trials_are_locked();
--> statement-breakpoint
CREATE FUNCTION limen_trial_stimuli_are_locked() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  touched integer;
BEGIN
  IF TG_OP = 'DELETE' THEN touched := OLD.trial_id; ELSE touched := NEW.trial_id; END IF;
  IF EXISTS (
    SELECT 1 FROM trials JOIN studies ON studies.id = trials.study_id
    WHERE trials.id = touched AND studies.locked_at IS NOT NULL
  ) THEN
    RAISE EXCEPTION 'the study of trial % is locked: its stimuli cannot change', touched USING ERRCODE = 'restrict_violation';
  END IF;
  IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER trial_stimuli_locked BEFORE INSERT OR UPDATE OR DELETE ON trial_stimuli FOR EACH ROW EXECUTE FUNCTION limen_trial_stimuli_are_locked();
--> statement-breakpoint

-- A stimulus that a study uses keeps its picture and its human values' identity.
CREATE FUNCTION limen_stimulus_in_use() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.image_sha256 IS DISTINCT FROM OLD.image_sha256 OR NEW.name IS DISTINCT FROM OLD.name
      OR NEW.reference_id IS DISTINCT FROM OLD.reference_id OR NEW.dataset_id IS DISTINCT FROM OLD.dataset_id)
     AND EXISTS (
       SELECT 1 FROM trial_stimuli JOIN trials ON trials.id = trial_stimuli.trial_id
       JOIN studies ON studies.id = trials.study_id
       WHERE trial_stimuli.stimulus_id = OLD.id AND studies.locked_at IS NOT NULL
     ) THEN
    RAISE EXCEPTION 'stimulus % belongs to a locked study', OLD.id USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER stimuli_in_use BEFORE UPDATE ON stimuli FOR EACH ROW EXECUTE FUNCTION limen_stimulus_in_use();
--> statement-breakpoint

-- Raw completions are append-only.
CREATE FUNCTION limen_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'rows of % are append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
--> statement-breakpoint
CREATE TRIGGER completions_append_only BEFORE UPDATE OR DELETE ON completions FOR EACH ROW EXECUTE FUNCTION limen_append_only();
--> statement-breakpoint
CREATE TRIGGER prompt_texts_append_only BEFORE UPDATE OR DELETE ON prompt_texts FOR EACH ROW EXECUTE FUNCTION limen_append_only();
--> statement-breakpoint

-- A person's answer is what it was; only what was parsed from a completion can be parsed again.
CREATE FUNCTION limen_answers_stand() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.completion_id IS NULL THEN
    RAISE EXCEPTION 'the answer to presentation % stands', OLD.presentation_id USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER responses_stand BEFORE UPDATE ON responses FOR EACH ROW EXECUTE FUNCTION limen_answers_stand();
