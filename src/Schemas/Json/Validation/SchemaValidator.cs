using System.Text.Json;
using Gateway.Schemas.Json.Model;

namespace Gateway.Schemas.Json.Validation;

/// <summary>A compiled schema with everything it leads to. Immutable; safe to share between threads.</summary>
internal sealed class SchemaValidator(CompiledSchema root, IReadOnlyDictionary<SchemaNode, CompiledSchema> all, bool usesScope)
{
    /// <summary>What is wrong with a value, or null when it fits.</summary>
    /// <exception cref="SchemaBudgetException">Finding out would cost too much.</exception>
    /// <exception cref="SchemaDataException">The schema cannot be applied to the value at all.</exception>
    public ValidationFailure? Validate(in JsonElement value, SchemaBudget budget)
    {
        var verdict = new ValidationRun(budget, all, usesScope);
        if (root.Accepts(value, verdict, null)) return null;
        var run = verdict.Explaining();
        try
        {
            root.Accepts(value, run, null);
        }
        catch (SchemaBudgetException)
        {
            // That it does not fit is known; the reasons found so far have to do.
        }
        return new ValidationFailure(run.Summary(), run.FirstPath);
    }
}

/// <summary>Why a value does not fit.</summary>
/// <param name="Message">The first few reasons, each with its place in the value and in the schema.</param>
/// <param name="Path">JSON pointer of the first place in the value.</param>
internal sealed record ValidationFailure(string Message, string Path);
