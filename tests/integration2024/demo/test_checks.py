from django.core.checks import registry, run_checks

from integration2024.demo.checks import demo_is_off


def test_a_deployment_refuses_to_be_a_demo(settings) -> None:
    settings.DEMO = True
    assert [error.id for error in demo_is_off()] == ["integration2024.E001"]
    assert "integration2024.E001" in [error.id for error in run_checks(include_deployment_checks=True)]
    assert "integration2024.E001" not in [error.id for error in run_checks()]


def test_without_the_demo_nothing_is_wrong(settings) -> None:
    assert demo_is_off in registry.registry.get_checks(include_deployment_checks=True)
    assert demo_is_off() == []
