using MudBlazor;

namespace Flux.Dashboard.Shell;

/// <summary>The colours and letters of the console. Text stands out from its ground by 4.5 to 1 at least, light and dark.</summary>
internal static class ConsoleTheme
{
    private static readonly string[] SystemFonts = ["system-ui", "-apple-system", "Segoe UI", "Roboto", "Noto Sans", "sans-serif"];

    public static readonly MudTheme Theme = new()
    {
        PaletteLight = new PaletteLight
        {
            Primary = "#3a4cc0",
            Error = "#b3261e",
            Background = "#f5f6fa",
            Surface = "#ffffff",
            AppbarBackground = "#ffffff",
            AppbarText = "#1d2033",
            DrawerBackground = "#ffffff",
            DrawerText = "#1d2033",
            DrawerIcon = "#4c5170",
            TextPrimary = "#1d2033",
            TextSecondary = "#4c5170",
            ActionDefault = "#4c5170",
            LinesDefault = "#dcdfea",
            TableLines = "#e4e6ef",
        },
        PaletteDark = new PaletteDark
        {
            Primary = "#a9b4ff",
            Error = "#ffb4ab",
            ErrorContrastText = "#15172a",
            PrimaryContrastText = "#15172a",
            Background = "#12131c",
            Surface = "#1b1d2a",
            AppbarBackground = "#1b1d2a",
            AppbarText = "#eceefa",
            DrawerBackground = "#1b1d2a",
            DrawerText = "#eceefa",
            DrawerIcon = "#b6bbd6",
            TextPrimary = "#eceefa",
            TextSecondary = "#b6bbd6",
            ActionDefault = "#b6bbd6",
            LinesDefault = "#343850",
            TableLines = "#2b2e42",
        },
        Typography = new Typography
        {
            Default = new DefaultTypography { FontFamily = SystemFonts },
            H1 = new H1Typography { FontSize = "1.4rem", FontWeight = "600", LineHeight = "1.4" },
            H2 = new H2Typography { FontSize = "1.1rem", FontWeight = "600", LineHeight = "1.4" },
            Button = new ButtonTypography { TextTransform = "none" },
        },
        LayoutProperties = new LayoutProperties { DrawerWidthLeft = "200px", DefaultBorderRadius = "8px" },
    };
}
