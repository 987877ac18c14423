using System.Collections;
using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;

namespace Cluster.Gateway.Configuration;

/// <summary>
/// Reads a section into an options object, strictly: what is not known, not readable or out of range is an error, and
/// all errors are found in one go.
/// </summary>
internal sealed class OptionsReader
{
    private readonly List<string> _errors = [];

    /// <summary>What was wrong, a sentence each.</summary>
    public IReadOnlyList<string> Errors => _errors;

    /// <summary>Reads a section and those below it.</summary>
    /// <param name="section">Where the values are.</param>
    /// <param name="target">Keeps its value where the section has none.</param>
    public void Read(IConfigurationSection section, object target)
    {
        var options = OptionProperties.Of(target.GetType());
        foreach (var child in section.GetChildren())
        {
            if (!options.Any(option => Matches(option, child.Key)))
            {
                var nearest = NearestName.Of(child.Key, options.Select(option => option.Name));
                _errors.Add($"{child.Path} is not an option; the nearest one is {section.Path}:{nearest}.");
            }
        }

        var before = _errors.Count;
        foreach (var option in options)
        {
            var child = section.GetSection(option.Name);
            if (OptionProperties.IsSection(option))
            {
                Read(child, option.GetValue(target)!);
            }
            else if (OptionProperties.ItemOf(option) is { } item)
            {
                ReadItems(child, item, (IList)option.GetValue(target)!);
            }
            else if (ReadValue(child, option, target))
            {
                Check(child, option, target);
            }
        }

        if (before == _errors.Count && target is IValidatableObject validatable)
        {
            CheckWhole(section, validatable);
        }
    }

    private void ReadItems(IConfigurationSection section, Type type, IList items)
    {
        foreach (var child in section.GetChildren())
        {
            var item = Activator.CreateInstance(type)!;
            Read(child, item);
            items.Add(item);
        }
    }

    private static bool Matches(PropertyInfo option, string key) => option.Name.Equals(key, StringComparison.OrdinalIgnoreCase);

    private bool ReadValue(IConfigurationSection section, PropertyInfo option, object target)
    {
        if (option.PropertyType == typeof(string[]))
        {
            var values = section.GetChildren().Select(child => child.Value ?? "").ToArray();
            if (values.Length == 0 && section.Value is { } list)
            {
                values = list.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            }

            if (values.Length > 0)
            {
                option.SetValue(target, values);
            }

            return true;
        }

        if (section.GetChildren().FirstOrDefault() is { } below)
        {
            _errors.Add($"{below.Path} is not an option; {section.Path} takes a single value.");
            return false;
        }

        if (section.Value is not { } text)
        {
            return true;
        }

        try
        {
            option.SetValue(target, Parse(text.Trim(), option.PropertyType));
            return true;
        }
        catch (Exception error) when (error is FormatException or OverflowException or ArgumentException or NotSupportedException)
        {
            _errors.Add($"{section.Path} is {Shown(option, text)}: it must be {Expected(option.PropertyType)}.");
            return false;
        }
    }

    private static object? Parse(string text, Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type == typeof(TimeSpan))
        {
            // "5" would be five days.
            return text.Contains(':', StringComparison.Ordinal)
                ? TimeSpan.Parse(text, CultureInfo.InvariantCulture)
                : throw new FormatException();
        }

        return type == typeof(string) ? text : TypeDescriptor.GetConverter(type).ConvertFromInvariantString(text);
    }

    private static string Expected(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        return type switch
        {
            _ when type == typeof(bool) => "true or false",
            _ when type == typeof(TimeSpan) => "a time like 00:00:30",
            _ when type.IsEnum => $"one of {string.Join(", ", Enum.GetNames(type))}",
            _ when type == typeof(double) || type == typeof(decimal) => "a number",
            _ => "a whole number in range",
        };
    }

    private void Check(IConfigurationSection section, PropertyInfo option, object target)
    {
        var value = option.GetValue(target);
        foreach (var rule in option.GetCustomAttributes<ValidationAttribute>())
        {
            if (rule is not DataTypeAttribute && !rule.IsValid(value))
            {
                _errors.Add(rule switch
                {
                    RequiredAttribute => $"{section.Path} is missing (environment variable {OptionProperties.EnvironmentNameOf(section.Path)}).",
                    RangeAttribute range => $"{section.Path} is {Shown(option, value)}: it must be from {range.Minimum} to {range.Maximum}.",
                    _ => $"{section.Path} is {Shown(option, value)}: it {rule.ErrorMessage}.",
                });
                return;
            }
        }
    }

    private void CheckWhole(IConfigurationSection section, IValidatableObject target)
    {
        foreach (var defect in target.Validate(new ValidationContext(target)))
        {
            var option = defect.MemberNames.FirstOrDefault() is { } name ? target.GetType().GetProperty(name) : null;
            _errors.Add(option is null
                ? $"{section.Path} {defect.ErrorMessage}."
                : $"{section.Path}:{option.Name} is {Shown(option, option.GetValue(target))}: it {defect.ErrorMessage}.");
        }
    }

    private static string Shown(PropertyInfo option, object? value) => value switch
    {
        null or "" => "empty",
        _ when OptionProperties.IsSecret(option) => "[redacted]",
        string[] many => $"'{string.Join(',', many)}'",
        _ => string.Create(CultureInfo.InvariantCulture, $"'{value}'"),
    };
}
