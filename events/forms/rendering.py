"""How every form of the project is drawn."""

from django import forms
from django.forms.renderers import TemplatesSetting

_Attrs = dict[str, str | bool]


class BoundField(forms.BoundField):
    """A form field as the templates in templates/forms/ need it."""

    @property
    def first_id(self) -> str:
        """The id of the field's first control, for links: a group of radio buttons has no control with its own id."""
        return self.id_for_label or self.field.widget.id_for_label(self.auto_id, "0")

    @property
    def is_single_checkbox(self) -> bool:
        return isinstance(self.field.widget, forms.CheckboxInput)

    @property
    def is_marked_optional(self) -> bool:
        """Whether the label says "(optional)".

        A lone checkbox never does, nor does a field that the form names in `conditionally_required`: it may be left
        empty in one case and not in another, and its hint says which.
        """
        conditional = self.name in getattr(self.form, "conditionally_required", ())
        return not (self.field.required or self.is_single_checkbox or conditional)

    def build_widget_attrs(self, attrs: _Attrs, widget: forms.Widget | None = None) -> _Attrs:
        """Django's attributes, less aria-invalid on radio buttons, where ARIA does not allow it."""
        built = super().build_widget_attrs(attrs, widget)
        if isinstance(self.field.widget, forms.RadioSelect):
            built.pop("aria-invalid", None)
        return built


class Renderer(TemplatesSetting):
    """Draws fields and forms with the project's own templates; Django's own serve for everything else."""

    form_template_name = "forms/form.html"
    field_template_name = "forms/field.html"
    bound_field_class = BoundField
