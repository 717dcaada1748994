using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Gateway.Admin;

/// <summary>Swagger UI on the admin door, with the three documents to choose from. Its files are inside the executable.</summary>
public static class SwaggerPages
{
    /// <summary>Adds the pages under <c>/swagger/</c> and leads <c>/</c> there.</summary>
    public static void Use(WebApplication app)
    {
        app.UseSwaggerUI(options =>
        {
            options.RoutePrefix = "swagger";
            options.DocumentTitle = "Gateway APIs";
            options.SwaggerEndpoint("/openapi/schema-registry.yaml", "Schema registry");
            options.SwaggerEndpoint("/openapi/http-proxy.yaml", "HTTP proxy");
            options.SwaggerEndpoint("/openapi/admin.yaml", "Admin");
            // The badge would send the address of every document to a validator on the internet.
            options.EnableValidator(null);
            options.DisplayRequestDuration();
        });
        app.MapGet("/", context =>
        {
            context.Response.Redirect("/swagger/");
            return Task.CompletedTask;
        });
    }
}
