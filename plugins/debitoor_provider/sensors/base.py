"""What the sensors have in common: they look, and wait on a worker or in the triggerer."""

from __future__ import annotations

from abc import abstractmethod
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from airflow.sdk import BaseSensorOperator, PokeReturnValue
from airflow.sdk.configuration import conf
from airflow.sdk.exceptions import AirflowFailException, AirflowSensorTimeout, AirflowSkipException

from debitoor_provider.policies.retry import ServiceRetryPolicy, final, is_permanent, passes

if TYPE_CHECKING:
    from airflow.sdk import Context
    from airflow.triggers.base import BaseTrigger


class LookingSensor(BaseSensorOperator):
    """Look at an interval until something is there.

    A temporary fault (a busy or unreachable service, a used-up quota) is logged and ends nothing
    but ``timeout`` does; an error that a person has to correct fails the task at once, whatever ``retries`` says.

    :param deferrable: wait in the triggerer, without a worker's slot. The first look is always on a worker. With
        LocalExecutor, keep ``poke_interval`` above ten seconds
    """

    found_nothing: ClassVar[str]
    """What the log says after each unsuccessful look."""

    def __init__(
        self, *, deferrable: bool = conf.getboolean("operators", "default_deferrable", fallback=False), **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        if self.retry_policy is None:
            self.retry_policy = ServiceRetryPolicy()
        self.deferrable = deferrable

    def execute(self, context: Context) -> Any:
        """Wait, and return what was found."""
        if not self.deferrable:
            return super().execute(context)
        return self._look_or_defer(context, datetime.now(UTC) + timedelta(seconds=self.timeout))

    def poke(self, context: Context) -> bool | PokeReturnValue:
        """Look once."""
        try:
            found = self.look()
        except Exception as error:
            if passes(error):
                self.log.warning("The check failed and is repeated: %s", error)
                return False
            if is_permanent(error):
                from debitoor_provider.runs.metrics import count_failure

                count_failure(context, type(self).__name__)
                raise final(error) from error.__cause__
            raise
        if found is None:
            self.log.info(self.found_nothing)
            return False
        return PokeReturnValue(is_done=True, xcom_value=found)

    def go_on(self, context: Context, until: str, event: Any = None) -> Any:
        """Return what the triggerer found; where something went wrong there, look here.

        :param until: when the sensor times out
        :param event: what was found; ``None`` to look here
        """
        if event is None:
            return self._look_or_defer(context, datetime.fromisoformat(until))
        return self.returned(event)

    def _look_or_defer(self, context: Context, until: datetime) -> Any:
        try:
            found = self.poke(context)
        except AirflowSkipException:
            raise
        except Exception as error:
            if self.never_fail or (self.soft_fail and isinstance(error, AirflowFailException)):
                raise AirflowSkipException(f"Skipped instead of failed: {error}") from error
            raise
        if isinstance(found, PokeReturnValue):
            return found.xcom_value
        left = until - datetime.now(UTC)
        if left <= timedelta():
            message = f"Nothing was found within {self.timeout:.0f} s."
            raise AirflowSkipException(message) if self.soft_fail or self.never_fail else AirflowSensorTimeout(message)
        self.defer(
            trigger=self.trigger(),
            method_name=self.go_on.__name__,
            kwargs={"until": until.isoformat()},
            timeout=left,
        )
        return None

    @abstractmethod
    def look(self) -> Any:
        """Return what was found; ``None`` when it is not there yet."""

    @abstractmethod
    def trigger(self) -> BaseTrigger:
        """Return what looks in the triggerer."""

    def returned(self, event: Any) -> Any:
        """Return what the task returns for an event of the trigger."""
        return event
